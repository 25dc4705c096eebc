import { jsonTokens } from '../../lib/json-tokens.ts';

/** JSON in colours. */
export const Coloured = ({ text }: { text: string }) => (
  <>
    {jsonTokens(text).map(({ kind, text: part }, index) =>
      kind === 'plain' ? (
        part
      ) : (
        <span class={`json-${kind}`} key={index}>
          {part}
        </span>
      ),
    )}
  </>
);
