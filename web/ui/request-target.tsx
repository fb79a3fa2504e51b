import type { RequestView } from '../../api/contract.ts';
import { BreakGlassMark } from './break-glass-mark.tsx';
import { TargetName } from './target-name.tsx';

/** What a request is for, marked where it was taken without an approval. */
export function RequestTarget({ request }: { request: RequestView }) {
  return (
    <>
      <TargetName target={request.target} />
      {request.breakGlass && (
        <div>
          <BreakGlassMark />
        </div>
      )}
    </>
  );
}
