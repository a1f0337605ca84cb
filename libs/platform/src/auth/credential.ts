/** What a credential may do with the API. `admin` includes the others and reaches the sessions of every owner. */
export const SCOPES = ['sessions:create', 'sessions:read', 'sessions:configure', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling. Made by a {@link CredentialVerifier}; never holds the secret itself. */
export interface Credential {
  /** Stable name of the credential, for counting, limits and the audit trail. */
  readonly id: string;
  /** Sessions belong to an owner; a credential sees those of its own unless it is admin. */
  readonly owner: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly isAdmin: boolean;
}

export const hasScope = (credential: Credential, scope: Scope): boolean =>
  credential.isAdmin || credential.scopes.has(scope);

/** Whether the credential may know of what belongs to `owner`. */
export const maySee = (credential: Credential, owner: string): boolean =>
  credential.isAdmin || credential.owner === owner;
