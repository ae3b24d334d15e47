/** How the portal answers: pages, files, and files to be kept. */
import type { FastifyReply } from 'fastify';
import { PortalNothingThere } from './web-error.ts';

const PAGE_FORM = /^[1-9]\d{0,5}$/;

export async function page(reply: FastifyReply, text: string): Promise<FastifyReply> {
  return await file(reply, 'text/html', text);
}

export async function file(reply: FastifyReply, type: string, text: string): Promise<FastifyReply> {
  return await reply.type(`${type}; charset=utf-8`).send(text);
}

export function attach(reply: FastifyReply, name: string): void {
  void reply.header(
    'content-disposition',
    `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`,
  );
}

/** Reads `?page=`; the first when none is named. @throws PortalNothingThere */
export function pageOf(query: unknown): number {
  const { page: wanted = '1' } = query as { readonly page?: string };
  if (typeof wanted !== 'string' || !PAGE_FORM.test(wanted)) throw new PortalNothingThere();
  return Number(wanted);
}
