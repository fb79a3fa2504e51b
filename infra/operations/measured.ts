import type { LambdaFunction } from '../../api/env.ts';
import type { RouteName } from '../../api/routes.ts';

/** What one call takes, as `npm run bench -- --save` measures it. */
export interface Use {
  /** milliseconds on the machine that measured, everything included */
  readonly ms: number;
  /** DynamoDB's units */
  readonly read: number;
  readonly write: number;
}

export interface Measured {
  /** the day */
  readonly on: string;
  /** in the table */
  readonly requests: number;
  readonly routes: Readonly<Record<RouteName, Use>>;
  /** one run with nothing due, and one message */
  readonly unattended: Readonly<Record<'sweep' | 'enforce' | 'announce', Use>>;
  /** milliseconds of the processor to load each module */
  readonly loads: Readonly<Record<LambdaFunction, number>>;
  /** of one request with all that belongs to it, in the table and its indexes */
  readonly storedBytes: number;
}
