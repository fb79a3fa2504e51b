import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { PreflightBody, PreflightView } from '../../api/contract.ts';

/** There are no findings: a sentence that says why, and what to do. */
export class CouldNotAsk extends Error {
  override readonly name = 'CouldNotAsk';
  /** whether it would be the same of every other role */
  readonly ofAll: boolean;

  constructor(message: string, { ofAll, ...options }: ErrorOptions & { readonly ofAll: boolean }) {
    super(message, options);
    this.ofAll = ofAll;
  }
}

const answer = z.union([
  z.object({
    preflight: z.object({
      id: z.string(),
      at: z.string(),
      target: z.object({ account: z.string(), accountName: z.string().nullable(), role: z.string() }),
      findings: z.array(
        z.object({
          check: z.enum([
            'assume',
            'no-external-id',
            'wrong-external-id',
            'source-identity',
            'session-tags',
            'session-length',
            'boundary',
          ]),
          state: z.enum(['pass', 'fail', 'unknown']),
          sentence: z.string(),
          fix: z.array(z.string()),
        }),
      ),
    }),
  }),
  z.object({ problem: z.object({ code: z.string(), detail: z.string() }) }),
]);

/** Longer than the function may take. */
const timeoutMs = 40_000;

export interface Broker {
  /** One preflight, and no other if it fails: each would be one of its own. @throws CouldNotAsk */
  ask(target: PreflightBody, signal?: AbortSignal): Promise<PreflightView>;
  close(): void;
}

/**
 * The broker's sessions Lambda, which alone can assume the role, by the Lambda API. @param config region, endpoint and
 * credentials; what is missing comes from the SDK's own variables
 */
export function brokerBehind(functionName: string, config: LambdaClientConfig): Broker {
  const requestHandler = { connectionTimeout: 3_000, requestTimeout: timeoutMs, throwOnRequestTimeout: true };
  const client = new LambdaClient({ ...config, maxAttempts: 1, requestHandler });
  const ask: Broker['ask'] = async (target, abortSignal) => {
    const Payload = JSON.stringify({ stepladderPreflight: target });
    const invoked = await client
      .send(new InvokeCommand({ FunctionName: functionName, Payload }), abortSignal && { abortSignal })
      .catch((error: unknown) => {
        throw new CouldNotAsk(reasonOf(error, functionName), { cause: error, ofAll: isOfAll(error) });
      });
    return read(invoked.FunctionError, invoked.Payload?.transformToString() ?? '', functionName);
  };
  return { ask, close: () => client.destroy() };
}

function read(failed: string | undefined, payload: string, functionName: string): PreflightView {
  if (failed !== undefined) {
    throw new CouldNotAsk(`The function ${functionName} failed. Look into its log, then try again.`, {
      ofAll: false,
    });
  }
  const parsed = answer.safeParse(parseJson(payload));
  if (!parsed.success) {
    throw new CouldNotAsk(
      `The function ${functionName} does not answer like Stepladder. Name its sessions Lambda, of a version that knows preflights.`,
      { ofAll: true },
    );
  }
  if ('problem' in parsed.data) throw new CouldNotAsk(parsed.data.problem.detail, { ofAll: false });
  return parsed.data.preflight;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** NB. By name and code; the words of the SDK are for those who know it. */
function reasonOf(error: unknown, functionName: string): string {
  const { name = '', code = '', message = '' } = (error ?? {}) as Partial<Record<string, string>>;
  if (name === 'ResourceNotFoundException') {
    return `There is no function ${functionName} in this account and region. Check --function, AWS_PROFILE and AWS_REGION.`;
  }
  if (name === 'AccessDeniedException') {
    return `AWS does not let you invoke ${functionName}. You need lambda:InvokeFunction on it.`;
  }
  if (name === 'CredentialsProviderError') {
    return 'No AWS credentials were found. Sign in first, or set AWS_PROFILE.';
  }
  if (message.startsWith('Region is missing')) return 'No region is set. Set AWS_REGION.';
  if (name === 'TooManyRequestsException')
    return 'AWS Lambda is asked too often just now. Try again in a minute.';
  if (code === 'ECONNREFUSED') return 'Nothing answers at that address.';
  return `The function ${functionName} could not be reached (${code || name || 'unknown'}). Try again in a moment.`;
}

const tooOften = 429;

/** NB. What the Lambda API finds wrong with the question is wrong with each: no payload differs but in the role. */
function isOfAll(error: unknown): boolean {
  const { name, code, message, $metadata } = (error ?? {}) as {
    readonly name?: string;
    readonly code?: string;
    readonly message?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status >= 400 && status < 500) return status !== tooOften;
  return (
    name === 'CredentialsProviderError' ||
    code === 'ECONNREFUSED' ||
    (message ?? '').startsWith('Region is missing')
  );
}
