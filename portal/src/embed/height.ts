/**
 * Reports to the embedding page how high the content is, in the message that svix-react's `fullSize` waits for. It
 * carries no secret, since any page may receive it.
 */
export const reportHeight = (content: Element, host: Window): (() => void) => {
  let reported = 0;
  const report = () => {
    const height = Math.ceil(content.getBoundingClientRect().height);
    if (height === reported || height === 0) return;
    reported = height;
    host.postMessage({ type: 'svix.iframe-resizer-height', payload: { height } }, '*');
  };
  const observer = new ResizeObserver(report);
  observer.observe(content);
  return () => observer.disconnect();
};

export const isEmbedded = (): boolean => window.parent !== window;
