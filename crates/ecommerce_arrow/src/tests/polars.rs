use super::*;
use crate::generate_batch;
use crate::polars_bridge::{BridgeError, batches_from_frame, frame_from_batch, series_from_array};
use ::polars::prelude as pl;
use arrow::array::{Array, AsArray, StringArray, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, TimestampMicrosecondType};
use std::sync::Arc;

fn view_batch() -> RecordBatch {
    let batch = generate_batch(&generador(5_000), 0..5_000).unwrap();
    let fields = crate::events_view_schema();
    let columns = batch
        .columns()
        .iter()
        .zip(fields.fields())
        .map(|(c, f)| cast(c, f.data_type()).unwrap())
        .collect();
    RecordBatch::try_new(fields, columns).unwrap()
}

#[test]
fn numbers_instants_and_text_views_keep_their_addresses_both_ways() {
    let batch = view_batch();
    let frame = frame_from_batch(&batch).unwrap();
    let monto = batch.column(5).as_primitive::<Float64Type>();
    let there = frame
        .column("monto")
        .unwrap()
        .f64()
        .unwrap()
        .downcast_iter()
        .next()
        .unwrap()
        .values()
        .as_ptr();
    assert_eq!(there, monto.values().as_ptr());
    let instant = batch.column(9).as_primitive::<TimestampMicrosecondType>();
    let there = frame
        .column("timestamp")
        .unwrap()
        .datetime()
        .unwrap()
        .physical()
        .cont_slice()
        .unwrap()
        .as_ptr();
    assert_eq!(there, instant.values().as_ptr());
    let ids = batch.column(0).as_string_view();
    let chunk = frame
        .column("evento_id")
        .unwrap()
        .str()
        .unwrap()
        .downcast_iter()
        .next()
        .unwrap();
    assert_eq!(
        chunk.views().as_ptr().cast::<u8>(),
        ids.views().as_ptr().cast::<u8>()
    );
    assert_eq!(
        chunk.data_buffers()[0].as_ptr(),
        ids.data_buffers()[0].as_ptr()
    );

    let back = batches_from_frame(&frame).unwrap();
    assert_eq!(back.len(), 1);
    assert_eq!(
        back[0]
            .column(5)
            .as_primitive::<Float64Type>()
            .values()
            .as_ptr(),
        monto.values().as_ptr()
    );
    assert_eq!(
        back[0].column(0).as_string_view().views().as_ptr(),
        ids.views().as_ptr()
    );
    assert_eq!(back[0].columns(), batch.columns());
}

#[test]
fn a_slice_shares_the_buffer_at_its_offset() {
    let batch = view_batch();
    let sliced = batch.slice(1_000, 50);
    let frame = frame_from_batch(&sliced).unwrap();
    let there = frame
        .column("monto")
        .unwrap()
        .f64()
        .unwrap()
        .downcast_iter()
        .next()
        .unwrap()
        .values()
        .as_ptr();
    assert_eq!(
        there,
        batch.column(5).as_primitive::<Float64Type>().values()[1_000..].as_ptr()
    );
    assert_eq!(
        batches_from_frame(&frame).unwrap()[0].columns(),
        sliced.columns()
    );
}

#[test]
fn plain_utf8_gets_new_views_over_the_same_payload() {
    let text = StringArray::from(vec!["a text that is longer than twelve bytes"; 3]);
    let series = series_from_array("t", &text).unwrap();
    let chunk = series
        .str()
        .unwrap()
        .downcast_iter()
        .next()
        .unwrap()
        .clone();
    assert_eq!(chunk.data_buffers()[0].as_ptr(), text.value_data().as_ptr());
    assert_eq!(chunk.value(2), text.value(2));
}

#[test]
fn data_outlives_the_side_that_made_it() {
    let frame = {
        let batch = view_batch();
        frame_from_batch(&batch).unwrap()
    };
    let batches = batches_from_frame(&frame).unwrap();
    drop(frame);
    assert_eq!(batches[0].columns(), view_batch().columns());
}

#[test]
fn empty_frames_and_chunked_frames_cross() {
    let empty = RecordBatch::new_empty(crate::events_view_schema());
    assert_eq!(frame_from_batch(&empty).unwrap().shape(), (0, 12));
    let mut frame = frame_from_batch(&view_batch()).unwrap();
    frame.vstack_mut(&frame.clone()).unwrap();
    let batches = batches_from_frame(&frame).unwrap();
    assert_eq!(
        batches
            .iter()
            .map(RecordBatch::num_rows)
            .collect::<Vec<_>>(),
        [5_000, 5_000]
    );
}

#[test]
fn a_type_polars_lacks_is_an_error() {
    let sparse = arrow::array::new_null_array(
        &DataType::Interval(arrow::datatypes::IntervalUnit::YearMonth),
        2,
    );
    assert!(series_from_array("x", sparse.as_ref()).is_err());
}

#[test]
fn nulls_cross_as_nulls() {
    let array = StringViewArray::from(vec![Some("x"), None]);
    let series = series_from_array("t", &array).unwrap();
    assert_eq!(series.null_count(), 1);
    let frame = pl::DataFrame::new(2, vec![series.into()]).unwrap();
    let back = batches_from_frame(&frame).unwrap();
    assert_eq!(back[0].column(0), &(Arc::new(array) as Arc<dyn Array>));
}

#[test]
fn a_type_that_this_build_of_polars_lacks_is_an_error_and_no_panic() {
    let dictionary: arrow::array::DictionaryArray<arrow::datatypes::UInt32Type> =
        [Some("norte"), None, Some("norte")].into_iter().collect();
    let decimal = arrow::array::Decimal128Array::from(vec![15_050])
        .with_precision_and_scale(18, 2)
        .unwrap();
    for array in [&dictionary as &dyn Array, &decimal] {
        // Another crate of the same build may have asked Polars for the type: then it arrives whole.
        match series_from_array("x", array) {
            Ok(series) => assert_eq!(
                (series.len(), series.null_count()),
                (array.len(), array.null_count())
            ),
            Err(e) => assert!(
                matches!(&e, BridgeError::NotBuilt { data_type, .. } if data_type == array.data_type()),
                "{e}"
            ),
        }
    }
}
