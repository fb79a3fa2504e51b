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
      {tickets.map((ticket) => (
        <span key={ticket.rule} className="ask-pattern">
          The rule "{ticket.rule}" <Wanted {...ticket} />
        </span>
      ))}
    </>
  );
}

/** A ticket as it is written, or where the server knows none, the pattern. The whole rule stands beside its role. */
function Wanted({ required, example, pattern }: TicketLimit) {
  const verb = required ? 'needs one' : 'takes only one';
  return (
    <>
      {verb} {example === null ? 'that matches' : 'written as in'}{' '}
      <span className="code">{example ?? pattern}</span>
    </>
  );
}
