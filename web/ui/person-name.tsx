import type { PersonView } from '../../api/contract.ts';
import { BrokenWell } from './broken-well.tsx';

/** Name and e-mail, as the identity provider spells them; where it gives neither, the id. */
export function PersonName({ person }: { person: PersonView }) {
  const name = person.name || person.email || person.id;
  return (
    <span className="wraps">
      {name}
      {person.email !== '' && person.email !== name && (
        <span className="quiet">
          {' '}
          <BrokenWell text={person.email} />
        </span>
      )}
    </span>
  );
}
