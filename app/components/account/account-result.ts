/** What the forms of the account page answer. */
import type { FormResult } from '../forms/form-result.ts';

export interface MfaSetup {
  /** In groups of four, for typing. */
  secret: string;
  /** A `data:` address of the QR code. */
  picture: string;
}

export interface AccountResult extends FormResult {
  card: 'profile' | 'email' | 'password' | 'mfa' | 'providers' | 'sessions';
  /** Waits for a code of the app. */
  setup: MfaSetup | null;
  /** To be shown this once. */
  recoveryCodes: string[] | null;
}
