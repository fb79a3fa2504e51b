import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { BoundaryPlace } from '../../../api/domain/boundary.ts';
import type { EndedRequest, Standing } from '../../../api/domain/ended-sessions.ts';
import { type Instant, instantOf, plusMinutes } from '../../../api/domain/instant.ts';

/** A boundary, and what it lets sessions do, by an evaluation of IAM that is not ours. */

export const account = '111122223333';
export const place: BoundaryPlace = {
  partition: 'aws',
  account,
  boundary: '/stepladder-control/StepladderBoundary',
  revoker: '/stepladder-control/StepladderRevoker',
  targetRoles: '/stepladder/',
};
export const start = instantOf(Date.UTC(2026, 10, 23, 9, 30));
export const later = (minutes: number): Instant => plusMinutes(start, minutes);

const letters = '0123456789abcdefghjkmnpqrstvwxyz';
export const idOf = (number: number) =>
  `${'a'.repeat(23)}${[1024, 32, 1].map((one) => letters[Math.floor(number / one) % 32]).join('')}`;
/** How the source identity of that person ends. */
export const markOf = (person: number) => `-${person.toString(16).padStart(10, '0')}`;

/** A revoked request of a person. */
export const ended = (number = 0, minutes = 0, person = number): EndedRequest => ({
  requestId: idOf(number),
  account,
  revokedAt: later(minutes),
  until: later(60),
  personMark: markOf(person),
});

/** Where nothing was ended before. */
export const standing = (document: string, more: Partial<Standing> = {}): Standing => ({
  ...{ now: later(10), more: false, keep: false, inForce: { document, since: later(-600) }, ...more },
});

export interface Asked {
  readonly session?: string;
  readonly sourceIdentity?: string;
  readonly issued?: Instant;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Record<string, string>;
  /** what the role itself has */
  readonly permissions?: object[];
}

/** A session of that request. */
export const sessionOf = (number: number, person = number, issued = later(-1)): Asked => ({
  ...{ session: `erin@example.com${markOf(person)}.${idOf(number)}`, issued },
  sourceIdentity: `erin@example.com${markOf(person)}`,
});

/** Whether AWS lets a session with this boundary do it. */
export async function may(document: string, asked: Asked): Promise<boolean> {
  const { session, issued, sourceIdentity, context = {} } = { ...sessionOf(0), ...asked };
  const { action = 's3:GetObject', resource = 'arn:aws:s3:::ledger/page' } = asked;
  const admin = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const simulation: Simulation = {
    request: {
      action,
      principal: `arn:aws:sts::${account}:assumed-role/Admin/${session}`,
      resource: { resource, accountId: account },
      contextVariables: {
        'aws:userid': `AROAEXAMPLEEXAMPLE123:${session}`,
        'aws:SourceIdentity': sourceIdentity ?? '',
        'aws:TokenIssueTime': issued ?? '',
        ...context,
      },
    },
    identityPolicies: [
      { name: 'Admin', policy: { Version: '2012-10-17', Statement: asked.permissions ?? admin } },
    ],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    permissionBoundaryPolicies: [{ name: 'boundary', policy: JSON.parse(document) }],
  };
  const answer = await runSimulation(simulation, {});
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}
