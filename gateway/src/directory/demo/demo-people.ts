/**
 * The made-up people of a demo, and how a file names others. Passwords stand here in the clear because they
 * protect nothing: a demo listens on loopback only and is refused beside any production setting.
 */
import { z } from 'zod';
import { ROLES } from '../contract.ts';

export const demoPeople = z.strictObject({
  people: z
    .array(
      z.strictObject({
        login: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
        displayName: z.string().min(1).max(100),
        roles: z.array(z.enum(ROLES)).min(1),
        password: z.string().min(8).max(256),
      }),
    )
    .min(1)
    .max(100),
});
export type DemoPeople = z.infer<typeof demoPeople>;

export const BUILT_IN_DEMO_PEOPLE: DemoPeople = {
  people: [
    {
      login: 'tara.lindqvist',
      displayName: 'Tara Lindqvist',
      roles: ['technician'],
      password: 'lakeside-teal-41',
    },
    {
      login: 'lena.hoffmann',
      displayName: 'Lena Hoffmann',
      roles: ['lead', 'technician'],
      password: 'orchard-plum-58',
    },
    {
      login: 'ada.nilsen',
      displayName: 'Ada Nilsen',
      roles: ['administrator'],
      password: 'copper-lantern-27',
    },
    {
      login: 'amir.haddad',
      displayName: 'Amir Haddad',
      roles: ['administrator', 'lead'],
      password: 'willow-granite-84',
    },
    {
      login: 'ines.moreau',
      displayName: 'Ines Moreau',
      roles: ['auditor'],
      password: 'marble-thistle-39',
    },
    {
      login: 'finn.okafor',
      displayName: 'Finn Okafor',
      roles: ['field-engineer'],
      password: 'saffron-harvest-66',
    },
  ],
};
