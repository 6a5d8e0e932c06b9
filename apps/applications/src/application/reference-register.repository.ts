import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { NumberRegister } from '#libs/persistence';
import { CONNECTION } from '#libs/service';

/** The register of arrived applications: one entry per reference given. */
@Injectable()
export class ReferenceRegister extends NumberRegister {
  constructor(@Inject(CONNECTION) connection: Connection) {
    super(connection, 'register');
  }
}
