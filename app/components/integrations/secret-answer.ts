/** What comes back when someone asks to see a secret. */
export interface SecretAnswer {
  secret: string | null;
  /** Why not. */
  message: string | null;
}
