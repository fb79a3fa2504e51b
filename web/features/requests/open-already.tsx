import Alert from '@cloudscape-design/components/alert';
import type { ExplanationView } from '../../../api/contract.ts';
import { paths } from '../../lib/paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import './request-form.css';

interface OpenAlreadyProps {
  open: ExplanationView['open'] | undefined;
}

/** What the server would refuse another request for, said before one is written. NB. Only said: the server decides. */
export function OpenAlready({ open }: OpenAlreadyProps) {
  return (
    <div className="open-already" aria-live="polite">
      {open && (
        <Alert type="warning" i18nStrings={{ warningIconAriaLabel: 'Warning' }}>
          {open.sentence} <AppLink to={paths.request(open.request)}>Open that request</AppLink>
        </Alert>
      )}
    </div>
  );
}
