import Spinner from '@cloudscape-design/components/spinner';

/** Something is being fetched. @param what "my requests": read out, and shown beside the spinner */
export function Loading({ what }: { what: string }) {
  return (
    <div className="row" role="status">
      <Spinner /> Loading {what}
    </div>
  );
}
