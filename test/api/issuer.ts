import type { Credentials, SessionIssuer, World } from '../../api/actions/ports.ts';
import { plusMinutes } from '../../api/domain/instant.ts';
import type { SessionPlan } from '../../api/domain/session.ts';

/** What AWS answers. NB. Canaries: no answer and no line of a log may show them by accident. */
export const canary = {
  assumedRoleId: 'AROAEXAMPLEEXAMPLE123:ada',
  accessKeyId: 'ASIACANARYCANARYCANA',
  secretAccessKey: 'canary-secret-access-key',
  sessionToken: 'canary-session-token',
  url: 'https://signin.aws.amazon.com/federation?SigninToken=canary-sign-in-token',
} as const;

/** What AWS would make for an hour from now. */
export function canaryCredentials(world: Pick<World, 'now'>): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken } = canary;
  return { accessKeyId, secretAccessKey, sessionToken, expiration: plusMinutes(world.now(), 60) };
}

/** An AWS that makes every session, narrows none, and does first what it is told to do while it is asked. */
export function playedIssuer(
  world: Pick<World, 'now'>,
  during: (plan: SessionPlan) => Promise<unknown> = async () => undefined,
): SessionIssuer {
  return {
    assumeRole: async (plan) => {
      await during(plan);
      return { credentials: canaryCredentials(world), assumedRoleId: canary.assumedRoleId };
    },
    narrow: async () => ({ credentials: null, refusal: 'AccessDenied' }),
    consoleUrl: async () => canary.url,
  };
}
