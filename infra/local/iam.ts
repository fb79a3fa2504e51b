import { type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { parseQuery, type QueryInput, queryError } from './aws-query.ts';
import { AwsRefusal } from './aws-refusal.ts';
import {
  type IamPolicies,
  type IamPoliciesOptions,
  iamNamespace,
  openIamPolicies,
  type PolicyInput,
  parsePolicyAction,
} from './iam-policies.ts';
import { type GetRoleInput, getRole, type IamRolesOptions, parseGetRole } from './iam-roles.ts';
import type { IssuedSession } from './sts.ts';

export type IamInput = GetRoleInput | PolicyInput;
export type Iam = AwsEndpoint<IamInput> & Omit<IamPolicies, 'answer'>;

export interface IamOptions extends IamRolesOptions, IamPoliciesOptions {
  readonly region: string;
  /** the live session of these credentials @throws AwsRefusal ExpiredToken */
  sessionOf(accessKeyId: string): IssuedSession | undefined;
}

/** A local IAM, as far as Stepladder asks it: a role that reads itself, and the boundary that the revoker versions. */
export async function startIam(options: IamOptions): Promise<Iam> {
  const { region, now, sessionOf } = options;
  const { answer, ...policies } = openIamPolicies(options);
  const endpoint = await startAwsEndpoint<IamInput>({
    service: 'iam',
    region,
    now,
    maxBodyBytes: 256 * 1024,
    throttling: new AwsRefusal(400, 'Throttling', 'Rate exceeded'),
    principal: sessionOf,
    parse: (request, body) => parseInput(parseQuery(request.headers['content-type'], body)),
    answer: (input, { accessKeyId, name }, requestId) => {
      const session = sessionOf(accessKeyId);
      const by = { caller: name, requestId };
      return input.action === 'GetRole' ? getRole(options, session, input, by) : answer(input, session, by);
    },
    refuse: (refusal, requestId) => queryError(iamNamespace, refusal, requestId),
  });
  return { ...endpoint, ...policies };
}

function parseInput(input: QueryInput): IamInput {
  if (input.get('Version') !== '2010-05-08') throw new AwsRefusal(400, 'InvalidAction', 'Unknown version.');
  return input.get('Action') === 'GetRole' ? parseGetRole(input) : parsePolicyAction(input);
}
