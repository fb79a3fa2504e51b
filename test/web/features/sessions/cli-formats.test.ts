import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CliCredentials,
  profileName,
  writeCredentials,
} from '../../../../web/features/sessions/cli-formats.ts';

const ordinary: CliCredentials = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE12',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ==',
  endsAt: '2026-11-24T10:30:00.000Z',
};
const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const valuesOf = (c: CliCredentials) => [c.accessKeyId, c.secretAccessKey, c.sessionToken];
const withValues = (value: string): CliCredentials => ({
  ...ordinary,
  accessKeyId: value,
  secretAccessKey: `a${value}`,
  sessionToken: `${value}z`,
});

const hostile = [
  `'; touch /tmp/owned; '`,
  '"; exit 3; "',
  '$(exit 3)',
  '`exit 3`',
  '$HOME $PATH $((1+1))',
  'line\nfeed',
  'carriage\rreturn',
  '\\',
  "\\'",
  "''''",
  '!!',
  '%PATH%',
  '!PATH!',
  '& exit 3 | more > out',
  '~ * ? [a-z] {a,b}',
  '#comment ; too',
  'tab\tand blank ',
  '\u2018curly\u2019 \u201Aquotes\u201B',
];

/** What a real shell has in the three variables after it ran the text. */
function runIn(shell: string, text: string): string[] {
  const script = `${text}\nprintf '%s\\0' ${names.map((name) => `"$${name}"`).join(' ')}`;
  const output = execFileSync(shell, ['-c', script], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
    // bash takes a socket on its input for a remote shell and reads the person's start-up files.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return output.split('\0').slice(0, -1);
}

/** The values of `<prefix>NAME<between>'quoted'` lines, read by the shell's own rule for single quotes. */
function readQuoted(text: string, before: (name: string) => string, unquote: RegExp): string[] {
  let rest = text;
  return names.map((name) => {
    expect(rest.startsWith(`${before(name)}'`)).toBe(true);
    rest = rest.slice(before(name).length + 1);
    const end = new RegExp(`^(?:${unquote.source})*'(?:\\n|$)`, 'u').exec(rest);
    if (end === null) throw new Error(`the quotes of ${name} do not end where the line ends`);
    rest = rest.slice(end[0].length);
    return end[0].replace(/'\n?$/, '');
  });
}
// fish: \\ and \' are escapes, any other character but a quote stands for itself.
const readFish = (text: string) =>
  readQuoted(text, (name) => `set -gx ${name} `, /\\\\|\\'|[^'\\]|\\(?=[^'\\])/).map((value) =>
    value.replace(/\\([\\'])/g, '$1'),
  );
// PowerShell: two quotes of any kind are one, and any single quote ends the string.
const readPowerShell = (text: string) =>
  readQuoted(text, (name) => `$Env:${name} = `, /['\u2018-\u201B]{2}|[^'\u2018-\u201B]/).map((value) =>
    value.replace(/(['\u2018-\u201B])['\u2018-\u201B]/g, '$1'),
  );

const { accessKeyId: id, secretAccessKey: secret, sessionToken: token } = ordinary;

describe('ordinary credentials', () => {
  it.each([
    [
      'posix',
      `export AWS_ACCESS_KEY_ID='${id}'`,
      `export AWS_SECRET_ACCESS_KEY='${secret}'`,
      `export AWS_SESSION_TOKEN='${token}'`,
    ],
    [
      'fish',
      `set -gx AWS_ACCESS_KEY_ID '${id}'`,
      `set -gx AWS_SECRET_ACCESS_KEY '${secret}'`,
      `set -gx AWS_SESSION_TOKEN '${token}'`,
    ],
    [
      'powershell',
      `$Env:AWS_ACCESS_KEY_ID = '${id}'`,
      `$Env:AWS_SECRET_ACCESS_KEY = '${secret}'`,
      `$Env:AWS_SESSION_TOKEN = '${token}'`,
    ],
    [
      'cmd',
      `set "AWS_ACCESS_KEY_ID=${id}"`,
      `set "AWS_SECRET_ACCESS_KEY=${secret}"`,
      `set "AWS_SESSION_TOKEN=${token}"`,
    ],
    [
      'profile',
      '[Admin-111122223333]',
      `aws_access_key_id = ${id}`,
      `aws_secret_access_key = ${secret}`,
      `aws_session_token = ${token}`,
    ],
  ] as const)('are written for %s', (format, ...expected) => {
    expect(writeCredentials(format, ordinary, 'Admin-111122223333')?.split('\n')).toEqual(expected);
  });

  it('carry the end of the session, in the form of the process credential provider', () => {
    const text = writeCredentials('process', ordinary, 'p');
    expect(JSON.parse(text ?? '')).toEqual({
      Version: 1,
      AccessKeyId: ordinary.accessKeyId,
      SecretAccessKey: ordinary.secretAccessKey,
      SessionToken: ordinary.sessionToken,
      Expiration: '2026-11-24T10:30:00.000Z',
    });
  });

  it('get a profile name of their own for each target', () => {
    expect(profileName({ account: '111122223333', role: 'Ops+=,.@-' })).toBe('Ops+=,.@--111122223333');
  });
});

describe('hostile values', () => {
  it.each(hostile)('stay values in a POSIX shell: %j', (value) => {
    const credentials = withValues(value);
    const text = writeCredentials('posix', credentials, 'p') ?? '';
    expect(runIn('bash', text)).toEqual(valuesOf(credentials));
    expect(runIn('sh', text)).toEqual(valuesOf(credentials));
  });

  it.each(hostile)('stay values in fish and PowerShell: %j', (value) => {
    const credentials = withValues(value);
    expect(readFish(writeCredentials('fish', credentials, 'p') ?? '')).toEqual(valuesOf(credentials));
    expect(readPowerShell(writeCredentials('powershell', credentials, 'p') ?? '')).toEqual(
      valuesOf(credentials),
    );
  });

  it.each(['"', '%PATH%', '!PATH!', 'a b', 'a\nb', 'a\rb', '\u00e9', ''])(
    'are refused for cmd: %j',
    (value) => {
      expect(writeCredentials('cmd', { ...ordinary, sessionToken: value }, 'p')).toBeNull();
    },
  );

  it('may hold what quotes make harmless in cmd', () => {
    const text = writeCredentials('cmd', { ...ordinary, sessionToken: "a&b|c>d<e^f'g(h)" }, 'p');
    expect(text?.split('\n')[2]).toBe(`set "AWS_SESSION_TOKEN=a&b|c>d<e^f'g(h)"`);
  });

  it.each(['a\nb', 'a\n[default]', ' a', 'a ', ''])('are refused for a profile: %j', (value) => {
    expect(writeCredentials('profile', { ...ordinary, secretAccessKey: value }, 'p')).toBeNull();
  });
});

const anything = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.replaceAll('\0', ''));

describe('any value', () => {
  it('comes back from fish, PowerShell and JSON as it went in', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const credentials = withValues(value);
        expect(readFish(writeCredentials('fish', credentials, 'p') ?? '')).toEqual(valuesOf(credentials));
        expect(readPowerShell(writeCredentials('powershell', credentials, 'p') ?? '')).toEqual(
          valuesOf(credentials),
        );
        expect(JSON.parse(writeCredentials('process', credentials, 'p') ?? '').SessionToken).toBe(
          `${value}z`,
        );
      }),
    );
  });

  it('never leaves its line in cmd or a profile', () => {
    fc.assert(
      fc.property(anything, (value) => {
        for (const [format, count] of [
          ['cmd', 3],
          ['profile', 4],
        ] as const) {
          const text = writeCredentials(format, withValues(value), 'p');
          if (text !== null) expect(text.split(/\r|\n/)).toHaveLength(count);
        }
      }),
    );
  });
});
