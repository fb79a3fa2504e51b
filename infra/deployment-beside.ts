import { extname, join } from 'node:path';
import type { Policy } from '../api/domain/policy-document.ts';
import type { PolicyProblem } from '../api/policy.ts';
import type { Known } from './deployment-checks.ts';
import type { DeploymentFile } from './deployment-file.ts';
import { readPolicy } from './policy/read-policy.ts';
import { type PlacedProblem, readText } from './policy/source-text.ts';

/** The policy as the Lambdas get it, and compiled. */
export interface PolicyBeside {
  /** its path from here, not from the deployment file */
  readonly file: string;
  readonly document: unknown;
  readonly policy: Policy;
}

/** What the files that `deployment.yaml` names hold, and what is wrong with them. */
export interface FilesBeside {
  readonly policy: PolicyBeside | null;
  /** the SAML provider's; null where none is named, or it is at an address */
  readonly metadata: string | null;
  /** the path of the logo from here, not from the deployment file */
  readonly logo: string | null;
  /** at the fields that name the files */
  readonly problems: readonly PolicyProblem[];
  /** in the files */
  readonly placed: readonly PlacedProblem[];
}

/** @param folder of the deployment file: whatever it names is sought from there */
export function readBeside(
  { policy, saml, branding, targets }: Known<DeploymentFile>,
  folder: string,
): FilesBeside {
  const problems: PolicyProblem[] = [];
  const file = join(folder, policy ?? '');
  const reading = policy === undefined ? undefined : readPolicy(file);
  const ending = reading?.ok ? reading.policy.rules.find(({ rule }) => rule.endLiveSessions) : undefined;
  if (ending !== undefined && targets?.endLiveSessions === false) {
    problems.push({
      path: ['targets'],
      message: `the rule ${ending.rule.id} ends live sessions: set up the target accounts for it (infra/revocation/README.md), then write endLiveSessions: true`,
    });
  }
  const metadata = saml?.metadata === undefined ? null : readMetadata(saml.metadata, folder);
  if (metadata?.wrong !== undefined) problems.push({ path: ['saml', 'metadata'], message: metadata.wrong });
  const logo = branding?.logo === undefined ? undefined : join(folder, branding.logo);
  const wrongLogo = logo === undefined ? undefined : logoProblem(logo);
  if (wrongLogo !== undefined) problems.push({ path: ['branding', 'logo'], message: wrongLogo });
  return {
    policy: reading?.ok ? { file, document: reading.document, policy: reading.policy } : null,
    metadata: metadata?.text ?? null,
    logo: logo ?? null,
    problems,
    placed: reading === undefined || reading.ok ? [] : reading.problems,
  };
}

/** The metadata's text, or what is wrong with it; null where it is at an address. */
function readMetadata(metadata: string, folder: string): { text?: string; wrong?: string } | null {
  if (metadata.startsWith('https://')) return null;
  if (/^[a-z]+:\/\//i.test(metadata)) return { wrong: 'Amazon Cognito reads metadata by https alone' };
  const text = readText(join(folder, metadata));
  if (typeof text === 'object') return { wrong: `${metadata} could not be read: ${text.reason}` };
  return /<([\w-]+:)?EntityDescriptor\s/.test(text) ? { text } : { wrong: `${metadata} is no SAML metadata` };
}

function logoProblem(path: string): string | undefined {
  if (!['.svg', '.png'].includes(extname(path))) return 'a logo is a file .svg or .png';
  const text = readText(path);
  return typeof text === 'object' ? `${path} could not be read: ${text.reason}` : undefined;
}
