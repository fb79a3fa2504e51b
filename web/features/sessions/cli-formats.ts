/**
 * Credentials written down for each place where people use them. Pure text: nothing is kept.
 * AWS writes these values in letters, digits and `+/=`, but no document promises that, so each format quotes as if
 * anything could be in them; where a format has no way to quote a character, it says so instead of guessing.
 */

export interface CliCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** the instant at which they stop working, RFC 3339 */
  endsAt: string;
}

export const cliFormats = ['posix', 'fish', 'powershell', 'cmd', 'profile', 'process'] as const;
export type CliFormat = (typeof cliFormats)[number];

/**
 * The text to paste for one format.
 * @param profile name of the section in `~/.aws/credentials`, see `profileName`
 * @returns null where a value has a character that the format cannot carry safely
 */
export function writeCredentials(
  format: CliFormat,
  credentials: CliCredentials,
  profile: string,
): string | null {
  switch (format) {
    case 'posix':
      return lines(credentials, (name, value) => `export ${name}=${quotePosix(value)}`);
    case 'fish':
      return lines(credentials, (name, value) => `set -gx ${name} ${quoteFish(value)}`);
    case 'powershell':
      return lines(credentials, (name, value) => `$Env:${name} = ${quotePowerShell(value)}`);
    case 'cmd':
      return fits(credentials, cmdSafe)
        ? lines(credentials, (name, value) => `set "${name}=${value}"`)
        : null;
    case 'profile':
      return fits(credentials, iniSafe)
        ? `[${profile}]\n${lines(credentials, (name, value) => `${name.toLowerCase()} = ${value}`)}`
        : null;
    case 'process':
      return writeProcessOutput(credentials);
  }
}

/**
 * A section name for `~/.aws/credentials`: role and account, so that two targets never overwrite each other. The
 * characters of a role name (`A-Z a-z 0-9 _+=,.@-`) are all allowed in a section name.
 */
export function profileName(target: { account: string; role: string }): string {
  return `${target.role}-${target.account}`;
}

/** AWS SDKs and Tools Reference Guide, "Process credential provider". */
function writeProcessOutput(credentials: CliCredentials): string {
  const output = {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: credentials.endsAt,
  };
  return JSON.stringify(output, null, 2);
}

/** AWS CLI User Guide, "Environment variables to configure the AWS CLI". */
function lines(credentials: CliCredentials, write: (name: string, value: string) => string): string {
  return [
    write('AWS_ACCESS_KEY_ID', credentials.accessKeyId),
    write('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey),
    write('AWS_SESSION_TOKEN', credentials.sessionToken),
  ].join('\n');
}

/** POSIX.1-2024, Shell Command Language, 2.2.2: nothing is special in single quotes but the quote that ends them. */
function quotePosix(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** fish documentation, "Quotes": in single quotes only \' and \\ are escapes. */
function quoteFish(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

/**
 * PowerShell, about_Quoting_Rules: a quote is doubled.
 * NB. PowerShell reads the typographic single quotes as quotes too, so these are doubled likewise.
 */
function quotePowerShell(value: string): string {
  return `'${value.replace(/['\u2018-\u201B]/g, '$&$&')}'`;
}

// In `set "name=value"` cmd still expands %name% and, if delayed expansion is on, !name!; neither can be escaped at
// the prompt. A quote would end the quotes, and a line break the command.
const cmdSafe = /^[\x23\x24\x26-\x7E]+$/;
// The file has no quotes or escapes, and blanks at the ends of a value are dropped.
const iniSafe = /^[\x21-\x7E]+$/;

function fits(credentials: CliCredentials, safe: RegExp): boolean {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return [accessKeyId, secretAccessKey, sessionToken].every((value) => safe.test(value));
}
