import { reconcile } from '../actions/reconcile.ts';
import { openTable } from '../aws/dynamo-table.ts';
import { sessionLedger } from '../aws/session-ledger.ts';
import { world } from '../aws/world.ts';
import { readAssumeRole } from '../cloud-trail.ts';
import { parseEnv } from '../env.ts';
import { createLogger, logging } from '../log.ts';

const env = parseEnv('reconcile', process.env);
const logger = createLogger('reconcile');
const places = {
  partition: env.TARGET_PARTITION,
  targetRoles: env.TARGET_ROLE_PATH,
  revoker: env.REVOKER_ROLE,
  sessionsRole: env.SESSIONS_ROLE,
  enforceRole: env.ENFORCE_ROLE,
};
const tools = { ledger: sessionLedger(openTable(env.TABLE_NAME)), world, places };

/**
 * Gets every AssumeRole of the broker's own roles from CloudTrail, and writes a line about it, which alarms count. NB. An
 * event that cannot be read is one of them: it could be the one.
 */
export const handler = logging(logger, async (event: unknown): Promise<void> => {
  const seen = readAssumeRole(event);
  if (seen === undefined) {
    logger.error('assume-role', { verdict: 'unreadable' });
    return;
  }
  const { kind, ...why } = await reconcile(tools, seen);
  const { eventId, caller, roleArn, sessionName, accessKeyId, errorCode } = seen;
  const line = { verdict: kind, ...why, eventId, caller, roleArn, sessionName, accessKeyId, errorCode };
  if (kind === 'unmatched') logger.error('assume-role', line);
  else logger.info('assume-role', line);
});
