import { asPlain, isDocument, setField, shallowCopy, getField } from './bson-types.ts';
import { mongoError } from './errors.ts';
import { isIndexPart } from './paths.ts';
import { show } from './show.ts';
import type { Document, Value } from './types.ts';
import type { LeafContext } from './update-leaf.ts';
import { removed, unchanged } from './update-leaf.ts';
import type { ArrayFilter, UpdateNode, UpdateTree } from './update-tree.ts';
import { arrayIdentifier, mergeNodes, orderNames } from './update-tree.ts';

/** How far an array may be filled up with null when an element beyond its end is set, as in MongoDB. */
const maxPadding = 1_500_000;

interface Run extends LeafContext {
  filters: Map<string, ArrayFilter>;
  /** Asked only when a path has `$`. */
  position(): number | undefined;
}

/** Applies an update tree; returns the same document when nothing changes, never changes its input. */
export function applyTree(
  doc: Document,
  tree: UpdateTree,
  context: LeafContext & { position(): number | undefined },
): Document {
  const result = applyNode(tree.root, doc, '', { ...context, filters: tree.filters });
  return result === unchanged ? doc : (result as Document);
}

function joined(path: string, part: string): string {
  return path === '' ? part : `${path}.${part}`;
}

function applyNode(node: UpdateNode, current: Value, path: string, run: Run): Value {
  if (node.kind === 'leaf') {
    if (node.leaf.isActive && !node.leaf.isActive(run)) return unchanged;
    return node.leaf.apply(current, run);
  }
  if (node.kind === 'elements') return applyToElements(node, current, path, run);
  if (Array.isArray(current)) return applyToPositions(node, current, path, run);
  if (current === undefined) return applyToFields(node, {}, path, run);
  if (isDocument(current)) return applyToFields(node, current, path, run);
  refuseWrongPath(node, current, path, run);
  return unchanged;
}

function sortedChildren(node: UpdateNode & { kind: 'fields' | 'elements' }): [string, UpdateNode][] {
  if (node.children.size === 1) return [...node.children];
  return [...node.children].toSorted(([a], [b]) => orderNames(a, b));
}

/** The children of a node with `$` put in the place of the matched position. */
function resolvedChildren(
  node: UpdateNode & { kind: 'fields' },
  path: string,
  run: Run,
): [string, UpdateNode][] {
  const positional = node.children.get('$');
  if (!positional) return sortedChildren(node);
  const position = run.position();
  if (position === undefined) {
    throw mongoError(2, 'The positional operator did not find the match needed from the query.');
  }
  const name = String(position);
  const children = new Map(node.children);
  children.delete('$');
  const existing = children.get(name);
  children.set(name, existing ? mergeNodes(existing, positional, joined(path, name)) : positional);
  return sortedChildren({ kind: 'fields', children });
}

function applyToFields(
  node: UpdateNode & { kind: 'fields' },
  current: Document,
  path: string,
  run: Run,
): Value {
  let result: Document | undefined;
  const source = asPlain(current);
  for (const [name, child] of resolvedChildren(node, path, run)) {
    const next = applyNode(child, getField(source, name), joined(path, name), run);
    if (next === unchanged) continue;
    result ??= shallowCopy(source);
    if (next === removed) delete result[name];
    else setField(result, name, next);
  }
  return result ?? unchanged;
}

function applyToPositions(
  node: UpdateNode & { kind: 'fields' },
  current: Value[],
  path: string,
  run: Run,
): Value {
  let result: Value[] | undefined;
  for (const [name, child] of resolvedChildren(node, path, run)) {
    if (!isIndexPart(name)) {
      refuseChild(child, name, current, path, run);
      continue;
    }
    const index = Number(name);
    const next = applyNode(child, current[index], joined(path, name), run);
    if (next === unchanged) continue;
    result ??= [...current];
    if (index - result.length > maxPadding)
      throw mongoError(2, `can't backfill more than ${maxPadding} elements`);
    while (result.length < index) result.push(null);
    // An array keeps its length: an element taken away becomes null.
    result[index] = next === removed ? null : next;
  }
  return result ?? unchanged;
}

function applyToElements(
  node: UpdateNode & { kind: 'elements' },
  current: Value,
  path: string,
  run: Run,
): Value {
  if (!hasActiveLeaf(node, run)) return unchanged;
  if (current === undefined) {
    throw mongoError(2, `The path '${path}' must exist in the document in order to apply array updates.`);
  }
  if (!Array.isArray(current)) {
    throw mongoError(
      2,
      `Cannot apply array updates to non-array element ${show({ [path]: current }).slice(2, -2)}`,
    );
  }
  const children = sortedChildren(node);
  let result: Value[] | undefined;
  (current as Value[]).forEach((element, index) => {
    const matching = children.filter(([part]) => {
      const identifier = arrayIdentifier(part)!;
      return identifier === '' || run.filters.get(identifier)!.matches(element);
    });
    const [first, ...others] = matching.map(([, child]) => child);
    if (!first) return;
    const elementPath = joined(path, String(index));
    const child = others.reduce((merged, other) => mergeNodes(merged, other, elementPath), first);
    const next = applyNode(child, element, elementPath, run);
    if (next === unchanged) return;
    result ??= [...(current as Value[])];
    result[index] = next === removed ? null : next;
  });
  return result ?? unchanged;
}

function hasActiveLeaf(node: UpdateNode, run: Run): boolean {
  if (node.kind === 'leaf') return node.leaf.isActive?.(run) ?? true;
  return [...node.children.values()].some((child) => hasActiveLeaf(child, run));
}

function refuseWrongPath(
  node: UpdateNode & { kind: 'fields' },
  current: Value,
  path: string,
  run: Run,
): void {
  for (const [name, child] of resolvedChildren(node, path, run)) refuseChild(child, name, current, path, run);
}

/** A path that goes through a value without fields fails, except where there is nothing to do. */
function refuseChild(child: UpdateNode, name: string, current: Value, path: string, run: Run): void {
  if (!mattersOnWrongPath(child, run)) return;
  const field = path.split('.').at(-1)!;
  throw mongoError(28, `Cannot create field '${name}' in element {${field}: ${show(current)}}`);
}

function mattersOnWrongPath(node: UpdateNode, run: Run): boolean {
  if (node.kind === 'leaf') return !node.leaf.ignoresWrongPath && (node.leaf.isActive?.(run) ?? true);
  return [...node.children.values()].some((child) => mattersOnWrongPath(child, run));
}
