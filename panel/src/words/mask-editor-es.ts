/** The mask editor in Spanish. */
import type { MaskEditorWords } from './mask-editor-words.ts';

export const maskEditorEs: MaskEditorWords = {
  title: 'Datos de pacientes en la pantalla',
  statement:
    'Lo que un técnico nunca ve sin un sí del operador: se dibuja sobre una imagen de esta pantalla, para cada vista que tiene. Una pantalla que no se reconoce queda tapada.',
  modes: {
    off: 'En la configuración no se tapa nada: lo que se dibuje aquí no cuenta hasta que se active.',
    configured: 'Se tapa lo que se dibuja aquí; de una vista desconocida, todo.',
    strict: 'Todo está tapado salvo lo que se marca como libre.',
  },
  relayed:
    'Este equipo transmite su pantalla tal cual («screen.encoder.mode» es «relay»), así que no se puede tapar nada. Cambie antes la configuración.',
  damaged:
    'Lo que se dibujó aquí no se puede leer, así que toda la pantalla está tapada. Dibújelo o impórtelo de nuevo.',
  otherSize:
    'Esta imagen tiene otro tamaño que las vistas que hay. Ajuste la pantalla como estaba.',
  when: 'Tomar la imagen',
  after: (seconds) => (seconds === 0 ? 'ahora' : `dentro de ${seconds} s`),
  take: 'Tomar una imagen de esta pantalla',
  taking: 'Ponga delante la pantalla que se quiere …',
  staysHere:
    'La imagen lo muestra todo, también datos de pacientes. Se queda en la memoria de este equipo y se olvida al cerrar esta página.',
  layouts: 'Vistas',
  noLayouts: 'Todavía no hay ninguna vista dibujada.',
  installed: 'instalada con la configuración',
  counts: (covered, anchors) => `${covered} tapadas · se reconoce por ${anchors}`,
  edit: 'Cambiar',
  editLabel: (layout) => `Cambiar: ${layout}`,
  remove: 'Quitar',
  removeLabel: (layout) => `Quitar: ${layout}`,
  removeReally: 'Quitar de verdad',
  toFile: 'Guardar como archivo',
  fromFile: 'Traer un archivo',
  picture: 'Imagen de la pantalla',
  views: { draw: 'Dibujar', now: 'Como se ve ahora', unknown: 'Vista desconocida' },
  viewsLegend: 'Qué se muestra',
  done: 'Listo',
  layoutName: 'Nombre de esta vista',
  draws: 'Qué es la próxima zona',
  kinds: {
    mask: 'Tapar',
    anchor: 'Reconocer por',
    clear: 'Libre aquí',
    always: 'Siempre libre',
  },
  kindHints: {
    mask: 'Puede contener datos de pacientes: nadie la ve sin un sí.',
    anchor: 'Solo es así en esta vista, como un título. Tienen que coincidir todas.',
    clear: 'Nunca contiene datos de pacientes en esta vista. Cuenta en el modo «strict».',
    always: 'Nunca contiene datos de pacientes, haya lo que haya en la pantalla.',
  },
  add: 'Añadir una en el centro',
  keys: 'Las flechas mueven una zona, con Mayús cambian su tamaño, con Ctrl de diez en diez píxeles; Supr la borra.',
  regions: 'Zonas',
  region: (kind, number) => `${kind}, n.º ${number}`,
  text: 'Qué muestra',
  numbers: { x: 'Izq.', y: 'Arriba', width: 'Ancho', height: 'Alto' },
  deleteRegion: 'Borrar esta zona',
  lacks: {
    layout: 'Dé a la vista un nombre con letras o cifras.',
    anchor: 'Dibuje al menos una zona por la que se reconozca esta vista.',
    'mask-name': 'Diga de cada zona tapada qué muestra.',
    'mask-name-twice': 'Dos zonas tapadas se llaman igual.',
  },
  tryIt: 'Probar',
  recognised: (layouts) => `Esta imagen se reconoce como: ${layouts}.`,
  notRecognised: 'Esta imagen no se reconoce.',
  save: 'Guardar',
  saved: (layout) => `La vista «${layout}» está guardada y cuenta desde la próxima sesión.`,
  refusals: {
    MASKS_PASSED_BY:
      'Este equipo transmite su pantalla tal cual, así que no se puede tapar nada. Cambie antes «screen.encoder.mode».',
    MASK_DRAWING_REFUSED:
      'El dibujo no se puede usar: una zona para reconocer necesita al menos tres colores; hay como mucho 8 de ellas y 32 zonas de cada clase.',
    MASK_FILE_REFUSED: 'No es un archivo de zonas tapadas para este modelo.',
    MASK_LAYOUT_INSTALLED: 'Una vista con este nombre está instalada con la configuración.',
    MASK_LAYOUT_MISSING: 'Esa vista ya no existe.',
    SCREEN_SOURCE_UNREACHABLE: 'La pantalla de este equipo no da ninguna imagen.',
    SNAPSHOT_MISSING: 'Ya no hay imagen de la pantalla. Tome otra.',
  },
};
