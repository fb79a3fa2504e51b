import { Fragment } from 'react';

/** The longest piece that no column is too narrow for, in characters. */
const longest = 20;

/**
 * A name without spaces that is broken where its words meet, if it has to be: `AdministratorAccess`, an e-mail or IP address.
 * NB. A table makes its columns as wide as the longest piece, so a piece must not be longer than any column.
 */
export function BrokenWell({ text }: { text: string }) {
  return (
    <span className="broken-well">
      {piecesOf(text).map(({ piece, at }) => (
        <Fragment key={at}>
          {at > 0 && <wbr />}
          {piece}
        </Fragment>
      ))}
    </span>
  );
}

function piecesOf(text: string): { piece: string; at: number }[] {
  // NB. An IPv4 address is one word.
  const words = text.match(/[\d.]{2,}:*|[\p{Lu}\d]*[^\p{Lu}\d@._/:+-]*[@._/:+-]*/gu) ?? [];
  const pieces = words.flatMap((word) => word.match(new RegExp(`.{1,${longest}}`, 'gsu')) ?? []);
  let at = 0;
  return pieces.map((piece) => {
    const here = { piece, at };
    at += piece.length;
    return here;
  });
}
