import { useState } from 'react';
import type { useAction } from '../../graphql/useAction';

interface Payload {
  authorizationUrl?: string | null;
  userErrors: readonly unknown[];
}

/** Sends the whole page to the provider's consent page; `leaving` keeps the button busy until the browser is gone. */
export function useLeaveTo<Input>(action: Pick<ReturnType<typeof useAction<unknown, Input, Payload & { userErrors: readonly never[] }>>, 'busy'> & { run: (input: Input) => Promise<Payload | null> }) {
  const [leaving, setLeaving] = useState(false);
  const go = async (input: Input) => {
    const payload = await action.run(input);
    const target = safeUrl(payload?.authorizationUrl);
    if (!target) return;
    setLeaving(true);
    window.location.assign(target);
  };
  return { go, busy: action.busy || leaving };
}

/** Only web addresses: whatever else came in this field must not run here. */
function safeUrl(text: string | null | undefined): string | null {
  if (!text) return null;
  const url = new URL(text, window.location.href);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}
