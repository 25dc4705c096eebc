import { Link } from 'wouter-preact';
import { useCurrentInView } from './use-current-in-view.ts';

interface Tab {
  readonly href: string;
  readonly label: string;
  readonly isCurrent: boolean;
}

/** The parts of a screen. Each has an address of its own, so they are links. */
export const Tabs = ({ label, tabs }: { label: string; tabs: readonly Tab[] }) => {
  const row = useCurrentInView(tabs.find(({ isCurrent }) => isCurrent)?.href ?? '');
  return (
    <nav ref={row} class="tabs" aria-label={label}>
      {tabs.map(({ href, label: text, isCurrent }) => (
        <Link key={href} href={href} class="tab" aria-current={isCurrent ? 'page' : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
};
