/** The nonce of this answer, which inline scripts must carry; empty in the browser, which does not tell it. */
import { createContext, useContext } from 'react';

export const NonceContext = createContext<string | undefined>(undefined);

export function useNonce(): string | undefined {
  return useContext(NonceContext);
}
