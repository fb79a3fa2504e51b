import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { listen } from '../../../infra/local/listen.ts';

const script = fileURLToPath(new URL('../../../infra/local/start.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stepladder-java-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `npm start` with no programs to be found but a `java` that says it is of this version, if any. */
function start(args: string[], javaVersion?: string) {
  const programs = mkdtempSync(join(folder, 'bin-'));
  if (javaVersion !== undefined) {
    const says = `#!/bin/sh\necho 'openjdk version "${javaVersion}" 2018-10-16' >&2\n`;
    writeFileSync(join(programs, 'java'), says, { mode: 0o755 });
  }
  return new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [script, ...args], { env: { PATH: programs } }, (error, _stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });
}

describe('npm start', () => {
  it('says in one line that Java is missing, and what to do', async () => {
    const { code, stderr } = await start([]);
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(/^No "java" was found\. .*Java 17 or later\. Install it .*$/);
  });

  it.each(['11.0.2', '1.8.0_292'])('says in one line that Java %s is too old', async (version) => {
    const { code, stderr } = await start([], version);
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(/^The "java" found here is version (11|8)\. .*Java 17 or later\. .*$/);
  });

  it('shows how it is used where an option is unknown', async () => {
    const { code, stderr } = await start(['--frehs']);
    expect(code).toBe(2);
    expect(stderr).toContain('--fresh');
    expect(stderr).not.toContain('    at ');
  });

  it.each(['80', 'eighty', '65535', ''])('refuses the port "%s" in one line', async (port) => {
    const { code, stderr } = await start([`--port=${port}`]);
    expect(code).toBe(1);
    expect(stderr.trim()).toBe('--port is a number from 1024 to 65533.');
  });
});

describe('a port in use', () => {
  it('is named, with another to choose', async () => {
    const first = await listen(createServer(), 0);
    const message = `Port ${first.port} is in use. Stop whatever uses it, or choose another: npm start -- --port=`;
    await expect(listen(createServer(), first.port)).rejects.toThrow(message);
    await first.stop();
  });
});
