package main

import (
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// One value as [type, content], because JSON has neither 64-bit integers in every language nor bytes, NaN and infinities.
type wire = []string

func decode(value wire) any {
	if value == nil {
		return nil
	}
	switch content := value[1]; value[0] {
	case "i":
		number, _ := strconv.ParseInt(content, 10, 64)
		return number
	case "r":
		bits, _ := hex.DecodeString(content)
		return math.Float64frombits(binary.BigEndian.Uint64(bits))
	case "b":
		bytes, _ := hex.DecodeString(content)
		return bytes
	default:
		return content
	}
}

func encode(value any) any {
	switch it := value.(type) {
	case nil:
		return nil
	case int64:
		return wire{"i", strconv.FormatInt(it, 10)}
	case float64:
		return wire{"r", fmt.Sprintf("%016x", math.Float64bits(it))}
	case string:
		if !utf8.ValidString(it) {
			return wire{"x", hex.EncodeToString([]byte(it))}
		}
		return wire{"t", it}
	case []byte:
		return wire{"b", hex.EncodeToString(it)}
	case time.Time:
		return wire{"t", "time.Time " + it.Format(time.RFC3339Nano)}
	default:
		return wire{"t", fmt.Sprintf("%T %v", it, it)}
	}
}

func encodeAll(values []any) []any {
	encoded := make([]any, len(values))
	for i, value := range values {
		encoded[i] = encode(value)
	}
	return encoded
}

func bound(a arguments) []any {
	var values []any
	for name, value := range a.Named {
		values = append(values, sql.Named(strings.TrimLeft(name, ":@$"), decode(value)))
	}
	for _, value := range a.Values {
		values = append(values, decode(value))
	}
	return values
}

func scan(rows *sql.Rows) ([]any, error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values := make([]any, len(columns))
	places := make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	return values, rows.Scan(places...)
}

func typesOf(row []any) []any {
	types := make([]any, len(row))
	for i, value := range row {
		types[i] = encode(fmt.Sprintf("%T", value))
	}
	return types
}

func languageValue(kind string, value any) any {
	text, _ := value.(string)
	switch kind {
	case "date", "datetime":
		parsed, _ := time.Parse(map[string]string{"date": "2006-01-02", "datetime": "2006-01-02T15:04:05"}[kind], text)
		return parsed
	case "bool":
		return value != int64(0)
	case "big":
		number, _ := strconv.ParseUint(text, 10, 64)
		return number
	case "list":
		return []any{value}
	case "surrogate":
		return "\xed\xa0\x80"
	}
	return value
}
