// jest's global teardown: ends what global-setup.mjs started.
export default async function tearDown() {
  await globalThis.insatsTestServers?.stop();
}
