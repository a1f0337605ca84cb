import { createParamDecorator, Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, CustomDecorator, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { AppError } from '@jiga/contracts';

import { Authenticator } from './authenticator.js';
import { hasScope, type Credential, type Scope } from './credential.js';

const PUBLIC = 'jiga:public';
const SCOPE = 'jiga:scope';
const CREDENTIAL = Symbol.for('jiga:credential');

/** The route answers without a credential. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);
/** The route needs a credential with this scope. */
export const RequireScope = (scope: Scope): CustomDecorator => SetMetadata(SCOPE, scope);

/** Parameter decorator: the credential of this request, on a route that is not {@link Public}. */
export const CurrentCredential = createParamDecorator((_: unknown, context: ExecutionContext): Credential => {
  const credential = requestOf(context)[CREDENTIAL];
  if (!credential) throw new AppError('unauthenticated');
  return credential;
});

type AuthenticatedRequest = FastifyRequest & { [CREDENTIAL]?: Credential };

const requestOf = (context: ExecutionContext): AuthenticatedRequest =>
  context.switchToHttp().getRequest<AuthenticatedRequest>();

/** Every HTTP route needs a credential unless it says otherwise. Sockets authenticate by themselves. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    const request = requestOf(context);
    const credential = await this.authenticator.authenticateRequest(request.headers);
    request[CREDENTIAL] = credential;
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(SCOPE, targets);
    if (scope && !hasScope(credential, scope)) throw new AppError('forbidden', `This needs the scope ${scope}.`);
    return true;
  }
}
