// Keys for people who do not want to reach for the mouse.
import { useEffect, useRef } from 'react';

/** The name of a pressed combination: `alt+r`, `ctrl+enter`. */
function nameOf(event: KeyboardEvent): string {
  const key = event.altKey && event.code.startsWith('Key') ? event.code.slice(3) : event.key;
  return [
    event.ctrlKey || event.metaKey ? 'ctrl+' : '',
    event.altKey ? 'alt+' : '',
    key.toLowerCase(),
  ].join('');
}

/** Calls the function of a combination while the component is on the page. */
export function useHotkeys(keys: Record<string, (() => void) | undefined>): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const action = current.current[nameOf(event)];
      if (!action) return;
      event.preventDefault();
      action();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
