import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's environment, in which a mutant that a test has killed is left alone: the tests after it in the
 * same file are skipped. Stryker stops there by itself where the test runner can; jest cannot, and the
 * access table's test of 400 cases would run to its end for each of its mutants.
 */
export default class BailEnvironment extends TestEnvironment {
  killed = false;

  handleTestEvent({ name, test }) {
    // Without a mutant, all tests run: which of them reach what is being measured.
    if (process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) return;
    if (name === 'test_start' && this.killed) test.mode = 'skip';
    if (name === 'test_done' && test.errors.length > 0) this.killed = true;
  }
}
