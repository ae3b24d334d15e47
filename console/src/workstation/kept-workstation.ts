/**
 * The workstation's identity in this browser: a private key that cannot be taken out (WebCrypto,
 * `extractable: false`) and the certificate that the service centre gave it. Kept in IndexedDB. After clearing the site's
 * data a new one is made; in a demo without TLS that means licensing the workstation again.
 */
export interface KeptWorkstation {
  readonly id: string;
  readonly privateKey: CryptoKey;
  /** SHA-256 of the public key's SPKI, base64url; absent, as `beganUtcMs`, where a licence code was typed. */
  readonly keyThumbprint?: string;
  /** DER certificates, base64, leaf first. */
  readonly chain: readonly string[];
  readonly beganUtcMs?: number;
  readonly expiresUtcMs: number;
}

const DATABASE = 'chaperone';
const STORE = 'workstation';
const KEY = 'this';

export async function readWorkstation(): Promise<KeptWorkstation | null> {
  const kept = await transact(
    'readonly',
    (store) => store.get(KEY) as IDBRequest<KeptWorkstation | undefined>,
  );
  return kept ?? null;
}

export async function keepWorkstation(workstation: KeptWorkstation): Promise<void> {
  await transact('readwrite', (store) => store.put(workstation, KEY));
}

async function transact<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await settled(openDatabase());
  try {
    return await settled(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function openDatabase(): IDBOpenDBRequest {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return opening;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () =>
      reject(
        new Error('This browser does not let the console keep its key.', { cause: request.error }),
      );
  });
}
