import { useState } from 'preact/hooks';
import { useI18n } from '../../i18n/i18n.tsx';
import type { Family } from '../../lib/signature/pasted-headers.ts';
import { snippetsFor } from '../../lib/snippets/snippets.ts';
import { CodeBlock } from '../code/code-block.tsx';
import { Select } from '../field.tsx';

/** How to verify a webhook in the reader's language. `family`: the headers that the endpoint gets. */
export const VerificationSnippets = ({ family }: { family: Family }) => {
  const { t } = useI18n();
  const snippets = snippetsFor(family);
  const [language, setLanguage] = useState('JavaScript');
  const snippet = snippets.find((each) => each.language === language) ?? snippets[0];
  if (snippet === undefined) return null;
  return (
    <div class="form">
      <Select
        label={t('snippets.language')}
        value={snippet.language}
        onChange={setLanguage}
        options={snippets.map((each) => ({ value: each.language, label: each.language }))}
      />
      {snippet.install === null ? null : <CodeBlock text={snippet.install} label={t('snippets.install')} />}
      <CodeBlock text={snippet.code} label={t('snippets.code')} />
    </div>
  );
};
