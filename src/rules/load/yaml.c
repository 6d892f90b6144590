#include "rules/load/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct source {
	const char *path;
	struct problems *problems;
	yaml_document_t document;
};

/* Parsing. */

/* What libyaml says, in its words, and what a person has most likely done. */
static const char *advice(const char *problem)
{
	static const struct {
		const char *words, *advice;
	} table[] = {
		{"tab character", "; indent with spaces"},
		{"cannot start any token", "; a tab, % @ or ` begins a value only in quotes"},
		{"mapping values are not allowed", "; a key is indented too far, or a text with a "
						   "colon in it wants quotes"},
		{"expected '-' indicator", "; indent it like the lines beside it"},
		{"expected <block end>", "; indent it like the lines beside it"},
		{"expected key", "; indent it like the lines beside it, or put quotes around the "
				 "whole text"},
		{"expected ':'", "; a key wants a colon and a space behind it"},
		{"expected ',' or", "; a bracket or a comma is missing"},
		{"end of stream", "; a quote or a bracket is not closed, or the file ends too "
				  "early"},
		{"unknown escape", "; put a pattern in single quotes"},
		{"alphabetic or numeric", "; * & ! begin a value only in quotes"},
		{"undefined alias", "; * begins a value only in quotes"},
		{"<document start>", "; nothing stands before rules: in its line"},
		{"UTF-8", "; save the file as UTF-8"},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strstr(problem, table[i].words))
			return table[i].advice;
	return "";
}

/* A byte that is no text has an offset and no line. */
static struct place place_at(const char *path, const char *bytes, size_t offset)
{
	struct place place = {path, 1, 1};

	for (size_t i = 0; i < offset; i++) {
		bool begins = ((unsigned char)bytes[i] & 0xC0) != 0x80;

		place.column = bytes[i] == '\n' ? 1 : place.column + begins;
		place.line += bytes[i] == '\n';
	}
	return place;
}

static void report_parser(const yaml_parser_t *parser, const char *path, const char *bytes,
			  struct problems *problems)
{
	struct place place = {path, parser->problem_mark.line + 1, parser->problem_mark.column + 1};
	const char *problem = parser->problem ? parser->problem : "memory is out";

	if (parser->error == YAML_READER_ERROR)
		place = place_at(path, bytes, parser->problem_offset);
	else if (parser->error == YAML_MEMORY_ERROR)
		place = (struct place){path, 0, 0};
	problems_add(problems, PROBLEM_ERROR, place, "this is no YAML: %s%s%s%s", problem,
		     parser->context ? ", " : "", parser->context ? parser->context : "",
		     advice(problem));
}

/* A second document in the file would be left out in silence. */
static bool is_last(yaml_parser_t *parser, const char *path, const char *bytes,
		    struct problems *problems)
{
	yaml_document_t next;
	yaml_node_t *root;
	bool last;

	if (!yaml_parser_load(parser, &next)) {
		report_parser(parser, path, bytes, problems);
		return false;
	}
	root = yaml_document_get_root_node(&next);
	last = !root;
	if (root)
		problems_add(problems, PROBLEM_ERROR,
			     (struct place){path, root->start_mark.line + 1,
					    root->start_mark.column + 1},
			     "a second YAML document; put its rules into the first, or into a "
			     "file of their own");
	yaml_document_delete(&next);
	return last;
}

struct source *source_parse(const char *path, const char *bytes, size_t len,
			    struct problems *problems)
{
	struct source *source = calloc(1, sizeof *source);
	yaml_parser_t parser;
	bool good = false;

	if (!source || !yaml_parser_initialize(&parser)) {
		problems_add(problems, PROBLEM_ERROR, (struct place){path, 0, 0}, "memory is out");
		free(source);
		return NULL;
	}
	source->path = path;
	source->problems = problems;
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, len);
	if (!yaml_parser_load(&parser, &source->document)) {
		report_parser(&parser, path, bytes, problems);
	} else {
		good = !yaml_document_get_root_node(&source->document) ||
		       is_last(&parser, path, bytes, problems);
		if (!good)
			yaml_document_delete(&source->document);
	}
	yaml_parser_delete(&parser);
	if (good)
		return source;
	free(source);
	return NULL;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	yaml_document_delete(&source->document);
	free(source);
}

/* Nodes. */

static const yaml_node_t *look(struct node node)
{
	return node.id ? yaml_document_get_node(&node.source->document, node.id) : NULL;
}

static bool is(struct node node, yaml_node_type_t type)
{
	const yaml_node_t *yaml = look(node);

	return yaml && yaml->type == type;
}

struct node source_root(struct source *source)
{
	return (struct node){source, yaml_document_get_root_node(&source->document) ? 1 : 0};
}

bool node_given(struct node node)
{
	return node.id;
}

bool node_is_map(struct node node)
{
	return is(node, YAML_MAPPING_NODE);
}

bool node_is_list(struct node node)
{
	return is(node, YAML_SEQUENCE_NODE);
}

bool node_is_scalar(struct node node)
{
	return is(node, YAML_SCALAR_NODE);
}

struct place node_place(struct node node)
{
	const yaml_node_t *yaml = look(node);

	if (!yaml)
		return (struct place){node.source->path, 0, 0};
	return (struct place){node.source->path, yaml->start_mark.line + 1,
			      yaml->start_mark.column + 1};
}

size_t node_count(struct node node)
{
	const yaml_node_t *yaml = look(node);

	if (node_is_list(node))
		return (size_t)(yaml->data.sequence.items.top - yaml->data.sequence.items.start);
	if (node_is_map(node))
		return (size_t)(yaml->data.mapping.pairs.top - yaml->data.mapping.pairs.start);
	return 0;
}

struct node node_item(struct node list, size_t index)
{
	return (struct node){list.source, look(list)->data.sequence.items.start[index]};
}

struct node node_key(struct node map, size_t index)
{
	return (struct node){map.source, look(map)->data.mapping.pairs.start[index].key};
}

struct node node_value(struct node map, size_t index)
{
	return (struct node){map.source, look(map)->data.mapping.pairs.start[index].value};
}

const char *node_bytes(struct node node, size_t *len)
{
	if (!node_is_scalar(node))
		return NULL;
	*len = look(node)->data.scalar.length;
	return (const char *)look(node)->data.scalar.value;
}

struct node node_get(struct node map, const char *key)
{
	for (size_t i = 0; i < node_count(map); i++) {
		size_t len;
		const char *name = node_is_map(map) ? node_bytes(node_key(map, i), &len) : NULL;

		if (name && !strcmp(name, key))
			return node_value(map, i);
	}
	return (struct node){map.source, 0};
}

void node_problem(struct node node, enum severity severity, const char *format, ...)
{
	char message[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	problems_add(node.source->problems, severity, node_place(node), "%s", message);
}
