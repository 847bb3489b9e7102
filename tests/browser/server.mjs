// A server of its own for one test file: the built binary on an empty data folder, filled with the bundled sample.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts a server and waits until it is ready. `stop()` ends it and removes its folder. */
export async function startServer(environment = {}) {
  const binary = process.env.MOTCUA_TEST_BINARY;
  if (!binary) throw new Error('MOTCUA_TEST_BINARY is not set; run scripts/test.sh --browser');
  const folder = mkdtempSync(join(tmpdir(), 'motcua-browser-'));
  const address = `127.0.0.1:${await freePort()}`;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MOTCUA_')));
  const logFile = join(folder, 'server.log');
  const log = openSync(logFile, 'w');
  const child = spawn(binary, ['serve'], {
    cwd: folder,
    env: { ...own, MOTCUA_LISTEN: address, MOTCUA_DATA_DIR: join(folder, 'data'), ...environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const mark = process.env.MOTCUA_TEST_RUN && join(process.env.MOTCUA_TEST_RUN, String(child.pid));
  if (mark) writeFileSync(mark, '');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
    if (mark) rmSync(mark, { force: true });
  };
  const origin = `http://${address}`;
  for (const until = Date.now() + 120_000; Date.now() < until; await sleep(50)) {
    if (child.exitCode !== null) break;
    const reply = await fetch(`${origin}/readyz`).catch(() => null);
    if (reply?.ok) return { origin, stop };
  }
  const said = readFileSync(logFile, 'utf8');
  await stop();
  throw new Error(`the server did not become ready:\n${said}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
