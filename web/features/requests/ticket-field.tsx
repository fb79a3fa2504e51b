import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import type { TicketLimit } from './ask-check.ts';

interface TicketFieldProps {
  value: string;
  tickets: readonly TicketLimit[];
  onChange: (ticket: string) => void;
  error: string | undefined;
}

/** The ticket that the work belongs to, with what the chosen rules want of it. */
export function TicketField({ value, tickets, onChange, error }: TicketFieldProps) {
  const needed = tickets.some(({ required }) => required);
  return (
    <FormField
      label={
        needed ? (
          'Ticket'
        ) : (
          <>
            Ticket <i>- optional</i>
          </>
        )
      }
      description="The change or incident that this work belongs to."
      constraintText={tickets.length > 0 && <Patterns tickets={tickets} />}
      errorText={error}
      i18nStrings={{ errorIconAriaLabel: 'Error' }}
    >
      <Input
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
        autoComplete={false}
        spellcheck={false}
        ariaRequired={needed}
      />
    </FormField>
  );
}

function Patterns({ tickets }: { tickets: readonly TicketLimit[] }) {
  return (
    <>
      {tickets.map(({ rule, pattern, required }) => (
        <span key={rule} className="ask-pattern">
          The rule "{rule}" {required ? 'needs one that matches' : 'takes only one that matches'}{' '}
          <span className="code">{pattern}</span>
        </span>
      ))}
    </>
  );
}
