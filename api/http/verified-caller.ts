import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { User } from '../domain/user.ts';
import { Refused } from './respond.ts';

/** Verifies the tokens of the event itself; the same function that the authorizer uses. */
export type Identify = (headers: Record<string, string[]>) => Promise<User>;

/**
 * The caller by the tokens, not by the authorizer's word: so nobody who can invoke a Lambda, but cannot sign tokens, is
 * somebody to it.
 * @throws Refused 401 if the two are about different people; Error where nothing can verify; whatever `identify` throws
 */
export async function verifiedCaller(
  identify: Identify | null,
  user: User,
  event: APIGatewayProxyEvent,
): Promise<User> {
  if (identify === null) throw new Error('a route that changes something needs to verify tokens');
  const verified = await identify(multiValueHeaders(event.multiValueHeaders));
  if (verified.id === user.id) return verified;
  throw new Refused({
    status: 401,
    code: 'unauthenticated',
    detail: 'Sign in again: the tokens are not yours.',
  });
}

function multiValueHeaders(headers: Record<string, string[] | undefined> | null): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, values]) => [name, values ?? []]));
}
