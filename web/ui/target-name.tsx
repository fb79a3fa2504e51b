import type { TargetView } from '../../api/contract.ts';
import { formatAccount } from '../lib/format.ts';
import { BrokenWell } from './broken-well.tsx';

/** The role, and the account by name and id below it. */
export function TargetName({ target }: { target: TargetView }) {
  return (
    <span className="wraps">
      <strong>
        <BrokenWell text={target.role} />
      </strong>
      <br />
      <span className="quiet">{formatAccount(target)}</span>
    </span>
  );
}
