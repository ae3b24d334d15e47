/** The part of noVNC 1.7 that the console uses; the package brings no types. See its docs/API.md. */
declare module '@novnc/novnc' {
  interface RFBEventMap {
    readonly connect: CustomEvent<Record<string, never>>;
    readonly disconnect: CustomEvent<{ readonly clean: boolean }>;
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
    disconnect(): void;
    focus(): void;
    blur(): void;
  }

  export default RFB;
}
