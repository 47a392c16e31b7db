import { useState } from 'react';

interface Leaving<Input> {
  run: (input: Input) => Promise<{ authorizationUrl?: string | null } | null>;
  busy: boolean;
}

/** Sends the whole page to the provider's consent page; busy until the browser is gone. */
export function useLeaveTo<Input>(action: Leaving<Input>) {
  const [leaving, setLeaving] = useState(false);
  const go = async (input: Input) => {
    const target = webAddress((await action.run(input))?.authorizationUrl);
    if (!target) return;
    setLeaving(true);
    window.location.assign(target);
  };
  return { go, busy: action.busy || leaving };
}

/** Only web addresses: whatever else came in this field must not run here. */
function webAddress(text: string | null | undefined): string | null {
  if (!text || !URL.canParse(text, window.location.href)) return null;
  const url = new URL(text, window.location.href);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}
