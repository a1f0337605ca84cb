/** Facts about credentials. `at` is Unix seconds. */
export interface AuthEvents {
  /** The credential, and every credential that it issued, ends at once: their sockets close with 4401. */
  'auth.credential_revoked': {
    readonly credentialId: string;
    readonly at: number;
    /** Stable snake_case cause, such as `api_key_revoked`. */
    readonly reason: string;
  };
}
