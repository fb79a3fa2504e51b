import { type ChildProcess, execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../../infra/doctor/cli.ts', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Ran {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run doctor` as a person runs it. @param during what happens to it meanwhile */
export function doctor(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  during: (running: ChildProcess) => void = () => {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const running = execFile(
      process.execPath,
      [script, ...args],
      { env, cwd: root },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
    during(running);
  });
}
