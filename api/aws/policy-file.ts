import { readFileSync } from 'node:fs';
import type { Policy } from '../domain/policy-document.ts';
import { compilePolicy } from '../policy.ts';

/**
 * The policy that was shipped with the Lambda, read once at start. A policy that is missing or invalid stops the
 * Lambda: without limits there is no access.
 * @param path of JSON @throws Error, InvalidPolicy
 */
export function readPolicy(path: string): Policy {
  return compilePolicy(JSON.parse(readFileSync(path, 'utf8')));
}
