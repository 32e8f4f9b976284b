/* monitor/cpus.c: what `-cpu help` prints. */
#include "monitor/cpus.h"

#include "cpu/isa_config.h"

bool cpus_print(FILE *out)
{
    const struct isa_model *model;
    fputs("Models, as in -cpu rv64,zbb=off:\n", out);
    for (unsigned i = 0; (model = isa_model_at(i)); i++) {
        fprintf(out, "  %-12s %s", model->name, model->text);
        fprintf(out, model->lacks ? " (without %s)\n" : "\n", model->lacks);
    }
    fputs("Extensions, on or off:\n", out);
    for (unsigned ext = 0; ext < EXT_COUNT; ext++)
        fprintf(out, "  %-12s %s\n", extension_info[ext].name, extension_info[ext].text);
    return !ferror(out);
}
