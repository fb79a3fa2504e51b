import type { Credentials, SessionIssuer, World } from '../../api/actions/ports.ts';
import { plusMinutes } from '../../api/domain/instant.ts';
import type { SessionPlan } from '../../api/domain/session.ts';

/** What AWS would make for an hour from now. NB. Canaries: no answer and no line of a log may show them by accident. */
export function canaryCredentials(world: World): Credentials {
  return {
    accessKeyId: 'ASIACANARYCANARYCANA',
    secretAccessKey: 'canary-secret-access-key',
    sessionToken: 'canary-session-token',
    expiration: plusMinutes(world.now(), 60),
  };
}

export const canaryRoleId = 'AROAEXAMPLEEXAMPLE123:ada';

/** An AWS that makes every session, narrows none, and does first what it is told to do while it is asked. */
export function playedIssuer(
  world: World,
  during: (plan: SessionPlan) => Promise<unknown> = async () => undefined,
): SessionIssuer {
  return {
    assumeRole: async (plan) => {
      await during(plan);
      return { credentials: canaryCredentials(world), assumedRoleId: canaryRoleId };
    },
    narrow: async () => ({ credentials: null, refusal: 'AccessDenied' }),
    consoleUrl: async () => 'https://signin.example.com/canary-url',
  };
}
