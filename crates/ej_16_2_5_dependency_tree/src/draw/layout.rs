//! Where boxes and arrows go: layers by longest way, order by few crossings, then straight lines where they can be.
//!
//! The method is Sugiyama's in its plain form; ten boxes need no more.

/// The places of boxes and of the bends of arrows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Per box: its centre and its layer.
    pub(super) boxes: Vec<(f64, usize)>,
    /// Per arrow: its points, layer by layer, as centre and layer.
    pub(super) arrows: Vec<Vec<(f64, usize)>>,
    /// Width of the whole.
    pub(super) width: f64,
}

/// Lays out `count` boxes `width` wide with `gap` between neighbours. An arrow is (from, to); one that closes a
/// cycle goes up.
pub(super) fn layout(count: usize, arrows: &[(usize, usize)], width: f64, gap: f64) -> Layout {
    let layer = layers(count, arrows);
    let depth = layer.iter().max().map_or(0, |deepest| deepest + 1);

    // Items 0..count are the boxes; an arrow that passes a layer leaves a bend of its own there.
    let mut item_layer = layer.clone();
    let mut links: Vec<(usize, usize)> = Vec::new();
    let mut ways: Vec<Vec<usize>> = Vec::new();
    for &(from, to) in arrows {
        let mut way = vec![from];
        for passed in layer[from] + 1..layer[to] {
            item_layer.push(passed);
            way.push(item_layer.len() - 1);
        }
        way.push(to);
        links.extend(way.windows(2).map(|step| (step[0], step[1])));
        ways.push(way);
    }
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); depth];
    for (item, layer) in item_layer.iter().enumerate() {
        rows[*layer].push(item);
    }
    order(&mut rows, &links, item_layer.len());

    let space = |item: usize| if item < count { width } else { gap };
    let x = positions(&rows, &links, item_layer.len(), |a, b| {
        (space(a) + space(b)) / 2.0 + gap
    });
    let left = (0..count)
        .map(|b| x[b] - width / 2.0)
        .fold(f64::MAX, f64::min);
    let left = x.iter().copied().fold(left, f64::min);
    let place = |item: usize| (x[item] - left, item_layer[item]);
    let right = (0..item_layer.len())
        .map(|i| x[i] + space(i) / 2.0)
        .fold(f64::MIN, f64::max);
    Layout {
        boxes: (0..count).map(place).collect(),
        arrows: (ways.iter())
            .map(|way| way.iter().map(|item| place(*item)).collect())
            .collect(),
        width: if count == 0 { 0.0 } else { right - left },
    }
}

/// The length of the longest way that ends in each box.
fn layers(count: usize, arrows: &[(usize, usize)]) -> Vec<usize> {
    let mut layer = vec![0; count];
    // A way without cycles has fewer steps than there are boxes; more rounds would not end on a cycle.
    for _ in 0..count {
        for &(from, to) in arrows {
            layer[to] = layer[to].max(layer[from] + 1).min(count);
        }
    }
    layer
}

/// Reorders each row by where its neighbours stand, down and up again, and keeps the order with the fewest crossings.
fn order(rows: &mut Vec<Vec<usize>>, links: &[(usize, usize)], items: usize) {
    let mut best = (crossings(rows, links, items), rows.clone());
    for round in 0..8 {
        let down = round % 2 == 0;
        let places: Vec<usize> = if down {
            (1..rows.len()).collect()
        } else {
            (0..rows.len().saturating_sub(1)).rev().collect()
        };
        for row in places {
            let place = places_in(rows, items);
            let mean = |item: usize| {
                let near = links.iter().filter_map(|&(a, b)| match down {
                    true if b == item => Some(place[a]),
                    false if a == item => Some(place[b]),
                    _ => None,
                });
                let near: Vec<usize> = near.collect();
                if near.is_empty() {
                    place[item] as f64
                } else {
                    near.iter().sum::<usize>() as f64 / near.len() as f64
                }
            };
            rows[row].sort_by(|a, b| mean(*a).total_cmp(&mean(*b)));
        }
        let crossed = crossings(rows, links, items);
        if crossed < best.0 {
            best = (crossed, rows.clone());
        }
    }
    *rows = best.1;
}

fn places_in(rows: &[Vec<usize>], items: usize) -> Vec<usize> {
    let mut place = vec![0; items];
    for row in rows {
        for (n, item) in row.iter().enumerate() {
            place[*item] = n;
        }
    }
    place
}

fn crossings(rows: &[Vec<usize>], links: &[(usize, usize)], items: usize) -> usize {
    let place = places_in(rows, items);
    let row_of = |item: usize| rows.iter().position(|row| row.contains(&item));
    let pairs = links
        .iter()
        .enumerate()
        .flat_map(|(n, a)| links[..n].iter().map(move |b| (a, b)));
    pairs
        .filter(|(a, b)| {
            row_of(a.0) == row_of(b.0)
                && (place[a.0] < place[b.0] && place[a.1] > place[b.1]
                    || place[a.0] > place[b.0] && place[a.1] < place[b.1])
        })
        .count()
}

/// The centre of every item: pulled towards its neighbours, pushed apart to `apart` between two in a row.
fn positions(
    rows: &[Vec<usize>],
    links: &[(usize, usize)],
    items: usize,
    apart: impl Fn(usize, usize) -> f64,
) -> Vec<f64> {
    let mut x = vec![0.0; items];
    for row in rows {
        let mut next = 0.0;
        for (n, item) in row.iter().enumerate() {
            next += n
                .checked_sub(1)
                .map_or(0.0, |before| apart(row[before], *item));
            x[*item] = next;
        }
        let middle = next / 2.0;
        row.iter().for_each(|item| x[*item] -= middle);
    }
    for _ in 0..40 {
        for row in rows {
            let wished: Vec<f64> = row
                .iter()
                .map(|&item| {
                    let near = links.iter().filter_map(|&(a, b)| {
                        if a == item {
                            Some(x[b])
                        } else if b == item {
                            Some(x[a])
                        } else {
                            None
                        }
                    });
                    let near: Vec<f64> = near.collect();
                    if near.is_empty() {
                        x[item]
                    } else {
                        near.iter().sum::<f64>() / near.len() as f64
                    }
                })
                .collect();
            let mut placed = wished.clone();
            for n in 1..row.len() {
                placed[n] = placed[n].max(placed[n - 1] + apart(row[n - 1], row[n]));
            }
            // Pushing went right only: take the row back by what it moved on average.
            let moved =
                placed.iter().zip(&wished).map(|(p, w)| p - w).sum::<f64>() / row.len() as f64;
            for (item, place) in row.iter().zip(placed) {
                x[*item] = place - moved;
            }
        }
    }
    x
}
