/** The part of noVNC 1.7 that the console uses, with its own patches; the package brings no types. See its docs/API.md. */
declare module '@novnc/novnc' {
  interface RFBEventMap {
    readonly connect: CustomEvent<Record<string, never>>;
    readonly disconnect: CustomEvent<{ readonly clean: boolean }>;
    readonly desktopname: CustomEvent<{ readonly name: string }>;
    /** Patch 0005. */
    readonly fence: CustomEvent<{ readonly payload: string }>;
    /** Patch 0005: an update was taken in whole. */
    readonly update: CustomEvent<Record<string, never>>;
    readonly securityfailure: CustomEvent<{ readonly status: number; readonly reason?: string }>;
  }

  class RFB {
    constructor(
      target: Element,
      channel: WebSocket,
      options?: { readonly shared?: boolean; readonly wsProtocols?: readonly string[] },
    );
    background: string;
    /** Sends no input. */
    viewOnly: boolean;
    /** Fits the picture into the target. */
    scaleViewport: boolean;
    clipViewport: boolean;
    focusOnClick: boolean;
    showDotCursor: boolean;
    qualityLevel: number;
    compressionLevel: number;
    addEventListener<K extends keyof RFBEventMap>(
      type: K,
      listener: (event: RFBEventMap[K]) => void,
    ): void;
    /** Presses or lifts a key; without `down` both. */
    sendKey(keysym: number, code: string, down?: boolean): void;
    sendCtrlAltDel(): void;
    /** Patch 0005: asks for a `fence` event in order with the picture; false where the server knows none. */
    requestFence(payload: string): boolean;
    disconnect(): void;
    focus(): void;
    blur(): void;
  }

  export default RFB;
}
