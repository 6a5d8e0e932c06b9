import mongoose, { type Connection } from 'mongoose';

/** A service's own database. */
export interface Database {
  readonly connection: Connection;
  /** Can it be reached now? */
  isUp(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Connects to `<prefix>_<service>`. Waits as long as it takes for the server to appear, so that the
 * order of starting does not matter; later a lost server makes calls fail within two seconds, which is
 * what lets callers be answered 503 in time.
 */
export async function connectDatabase(options: {
  url: string;
  prefix: string;
  service: string;
  onWaiting?: (error: unknown) => void;
}): Promise<Database> {
  const connection = mongoose.createConnection();
  for (;;) {
    try {
      await connection.openUri(options.url, {
        dbName: `${options.prefix}_${options.service}`,
        appName: options.service,
        maxPoolSize: 32,
        minPoolSize: 1,
        serverSelectionTimeoutMS: 2000,
        connectTimeoutMS: 2000,
        writeConcern: { w: 'majority', journal: true },
        retryWrites: true,
        // What is read was written by this product, as UTF-8.
        enableUtf8Validation: false,
        bufferCommands: false,
        autoCreate: false,
        autoIndex: false,
      });
      break;
    } catch (error) {
      options.onWaiting?.(error);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  return {
    connection,
    async isUp() {
      try {
        await connection.db?.command({ ping: 1 }, { timeoutMS: 1000 });
        return true;
      } catch {
        return false;
      }
    },
    close: () => connection.close(),
  };
}
