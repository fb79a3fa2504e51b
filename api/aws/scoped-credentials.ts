import { GetScopedCredentialsCommand, type STSClient } from '@aws-sdk/client-sts';
import { type Assumed, type Narrowed, Unavailable } from '../actions/ports.ts';
import type { Narrowing } from '../domain/session-ending.ts';
import { credentialsIn, stsClient } from './sts-client.ts';

/**
 * Credentials of the same session with an earlier end. STS API Reference, GetScopedCredentials: asked with the
 * credentials that are to be narrowed, at a regional endpoint; a duration alone leaves the permissions as they are, so
 * the session policy goes on denying.
 *
 * NB. Whatever keeps AWS from doing it (an operation that the region or partition does not know, a role that may not
 * ask for it, throttling, no answer) is no reason to refuse: the session policy ends these credentials anyway, and the
 * record says that it is what does. What is refused is an answer that cannot be true, for then somebody else answers.
 * @throws Unavailable
 */
export async function narrow(sts: STSClient, assumed: Assumed, narrowing: Narrowing): Promise<Narrowed> {
  const { accessKeyId, secretAccessKey, sessionToken } = assumed.credentials;
  const scoped = stsClient({
    // NB. Where and how the first call went, whatever the settings of the process have become since.
    ...(sts.config.endpoint && { endpoint: sts.config.endpoint }),
    region: sts.config.region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    requestHandler: sts.config.requestHandler,
    // Once: it is not worth a person's time.
    maxAttempts: 1,
  });
  const command = new GetScopedCredentialsCommand({
    DurationSeconds: narrowing.durationSeconds,
    ScopedSessionDescription: narrowing.description,
  });
  const asked = await scoped.send(command).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ refusal: refusalOf(error) }),
  );
  if ('refusal' in asked) return { credentials: null, refusal: asked.refusal };
  const credentials = credentialsIn(asked.answer);
  if (credentials === null) return { credentials: null, refusal: 'NoCredentials' };
  const same = asked.answer.SessionInfo?.ScopedSessionId === assumed.assumedRoleId;
  if (!same || credentials.expiration > assumed.credentials.expiration) {
    throw new Unavailable('STS narrowed a session into another one, or into a longer one');
  }
  return { credentials, refusal: null };
}

/** The error's name, which stands in the record. NB. Part of an answer: only what looks like a name is kept. */
function refusalOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return /^[A-Za-z]{1,64}$/.test(name) ? name : 'unknown';
}
